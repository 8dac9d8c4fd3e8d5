"""What training needs beside the network: samples, losses, schedule, averaged weights, checkpoints, log."""
