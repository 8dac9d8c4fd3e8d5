using EMDC.Translate;

return Terminal.Run(terminal => CommandLine.Run(TranslateCommand.Create, args, terminal));
