using EMDC.Cli;

WiderBuild.Run(args);
return Terminal.Run(terminal => CommandLine.Run(EmdcCommand.Create, args, terminal));
