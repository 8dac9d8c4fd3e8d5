using EMDC.Uncertainties;

return Terminal.Run(terminal => CommandLine.Run(UncertaintyCommand.Create, args, terminal));
