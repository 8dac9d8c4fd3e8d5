using System.CommandLine;

namespace EMDC.Scenes.Commands;

/// <summary>The <c>EMDC.Scenes</c> command.</summary>
internal static class ScenesCommand
{
    public static Command Create(Terminal terminal) =>
        new("EMDC.Scenes", "Renders synthetic indoor RGB-D frames with the spots of a ToF sensor.")
        {
            ShardsCommand.Create(terminal),
            FramesCommand.Create(terminal),
        };
}
