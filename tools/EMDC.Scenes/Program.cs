using EMDC.Scenes.Commands;

return Terminal.Run(terminal => CommandLine.Run(ScenesCommand.Create, args, terminal, isStreaming: true));
