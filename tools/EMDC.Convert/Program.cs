using EMDC.Convert;

return Terminal.Run(terminal => CommandLine.Run(ConvertCommand.Create, args, terminal));
