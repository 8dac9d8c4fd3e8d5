"""Parameters and inputs that are formulas, so that the tests in C# make the same ones without a file."""
