namespace EMDC.Scenes.Tests;

/// <summary>Everything that can be wrong with a command line, and with the folder.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--family is 'both', but needs train, test or collage.", "shards", "--family", "both")]
    [InlineData("--seed is '-1', but needs a whole number from 0 to 18446744073709551615.", "shards", "--seed", "-1")]
    [InlineData("--frames is '0', but needs a whole number from 1 to 10000000.", "shards", "--frames", "0")]
    [InlineData("--draws is 'x', but needs a whole number from 1 to 64.", "shards", "--draws", "x")]
    [InlineData("--size is '192', but needs HEIGHTxWIDTH in pixels, 16 to 4096 each, for example 192x256.", "shards", "--size", "192")]
    [InlineData("--size is '8x256', but needs HEIGHTxWIDTH in pixels, 16 to 4096 each, for example 192x256.", "frames", "--size", "8x256")]
    [InlineData("--pattern is 'hex', but needs grid or random.", "frames", "--pattern", "hex")]
    [InlineData("--effects has 'fog', but knows noise, jitter, cut, dropout, dark, multipath, window, none and all.", "frames", "--effects", "noise,fog")]
    [InlineData("--static and --sequence exclude each other.", "frames", "--static", "2", "--sequence", "2")]
    [InlineData("--beside is '2cm', but needs a number of metres from -0.1 to 0.1.", "frames", "--beside", "2cm")]
    [InlineData("--family collage and --beside exclude each other: a collage is seen from one place.", "frames", "--family", "collage", "--photos", "p", "--beside", "0.01")]
    [InlineData("--mix and --spots exclude each other.", "frames", "--mix", "--spots", "100")]
    [InlineData("--mix and --window exclude each other.", "frames", "--mix", "--window")]
    public void A_wrong_option_is_named_with_what_it_needs(string message, params string[] args)
    {
        Tool run = Tool.Run([.. args, "--out", "nowhere"]);
        Assert.Equal((2, $"{message}\nTry 'EMDC.Scenes {args[0]} --help'.\n"), (run.Code, run.Error));
        Assert.False(Directory.Exists("nowhere"));
    }

    [Fact]
    public void The_folder_is_needed()
    {
        Tool run = Tool.Run("shards");
        Assert.Equal((2, "Option '--out' is required.\nTry 'EMDC.Scenes shards --help'.\n"), (run.Code, run.Error));
    }

    [Theory]
    [InlineData("shards")]
    [InlineData("frames")]
    public void A_file_is_no_folder(string command)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["a"], "");
        Tool run = Tool.Run(command, "--frames", "1", "--out", folder["a"]);
        Assert.Equal((1, $"{folder["a"]}: this is a file, but a folder is needed.\n"), (run.Code, run.Error));
        run = Tool.Run(command, "--frames", "1", "--out", folder["a/b"]);
        Assert.Equal((1, $"{folder["a/b"]}: nothing can be written to this folder.\n"), (run.Code, run.Error));
    }

    [Fact]
    public void A_sheet_is_a_png()
    {
        using var folder = new TempFolder();
        Tool run = Tool.Run("frames", "--frames", "1", "--size", "16x16", "--out", folder["a"], "--sheet", folder["missing/sheet.png"]);
        Assert.Equal((1, $"{folder["missing/sheet.png"]}: the folder {folder["missing"]} does not exist.\n"), (run.Code, run.Error));
        run = Tool.Run("shards", "--frames", "1", "--size", "16x16", "--out", folder["a"], "--sheet", "sheet.jpg");
        Assert.Equal((1, "sheet.jpg: the extension is '.jpg', but a contact sheet is written as .png.\n"), (run.Code, run.Error));
    }

    [Fact]
    public void A_device_that_is_full_gives_one_sentence()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        var error = Assert.Throws<IOException>(() => new Output.NpyWriter("/dev/full", "|u1", 1, 4));
        Assert.Equal("/dev/full: the file cannot be written (No space left on device).", error.Message);
    }
}
