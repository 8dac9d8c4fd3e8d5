return EMDC.Convert.Converter.Run(args, Console.Out, Console.Error);
