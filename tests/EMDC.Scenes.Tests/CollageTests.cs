using EMDC.Scenes.Collages;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.Render;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Tests;

/// <summary>Collages, and rooms papered with photographs.</summary>
public sealed class CollageTests
{
    private const int Height = 72, Width = 96, Pixels = Height * Width;

    [Fact]
    public void A_collage_depends_on_its_number_only_and_is_sound()
    {
        using var folder = new TempFolder();
        PhotoLibrary library = PhotoLibrary.Read(PhotoFolder.Make(folder, "photos"));
        Frames one = new(Family.Collage, 5, Width, Height, library), other = new(Family.Collage, 5, Width, Height, library);
        other.Render(7);
        for (int i = 0; i < 20; i++)
        {
            Rendering picture = one.Render(i), again = other.Render(i);
            Assert.Equal(picture.Depth, again.Depth);
            Assert.Equal(picture.Radiance, again.Radiance);
            Assert.All(picture.Depth, depth => Assert.InRange(depth, Rendering.Nearest, Rendering.Farthest));
            Assert.All(picture.Radiance, light => Assert.InRange(light, 0, 1));
            Assert.All(picture.Returns, share => Assert.InRange(share, 0, 1));
        }

        Assert.NotEqual(one.Render(0).Depth.ToArray(), other.Render(1).Depth);
    }

    [Fact]
    public void Depth_edges_are_edges_of_colour_and_most_edges_of_colour_are_none_of_depth()
    {
        using var folder = new TempFolder();
        var frames = new Frames(Family.Collage, 6, Width, Height, PhotoLibrary.Read(PhotoFolder.Make(folder, "photos")));
        int depth = 0, both = 0, colour = 0;
        for (int number = 0; number < 40; number++)
        {
            Rendering picture = frames.Render(number);
            for (int i = 2; i < Pixels - 3; i++)
            {
                if (i % Width is < 2 or > Width - 4)
                {
                    continue;
                }

                bool isDepth = MathF.Abs(picture.Depth[i] - picture.Depth[i + 1]) > 0.1f * picture.Depth[i], isColour = false;
                for (int c = 0; c < 3; c++)
                {
                    isColour |= MathF.Abs(MathF.Sqrt(picture.Radiance[3 * (i - 2) + c]) - MathF.Sqrt(picture.Radiance[3 * (i + 3) + c])) > 0.06f;
                }

                (depth, colour, both) = (depth + (isDepth ? 1 : 0), colour + (isColour ? 1 : 0), both + (isDepth && isColour ? 1 : 0));
            }
        }

        Assert.True(depth > 1000);
        Assert.InRange(both, 0.9 * depth, depth);
        Assert.InRange(both, 0, 0.5 * colour);
    }

    [Fact]
    public void A_thing_covers_what_is_farther_and_is_covered_by_what_is_nearer()
    {
        using var folder = new TempFolder();
        PhotoLibrary library = PhotoLibrary.Read(PhotoFolder.Make(folder, "photos"));
        int seen = 0;
        for (ulong seed = 0; seed < 12; seed++)
        {
            var rng = new Rng(seed);
            var backdrop = new Backdrop(rng, Width, Height);
            var picture = new Rendering(Width, Height);
            var rgb = new float[3 * Pixels];
            for (int i = 0; i < Pixels; i++)
            {
                // The left half stands before everything.
                picture.Depth[i] = i % Width < Width / 2 ? 0.11f : backdrop.Depth(i % Width, i / Width);
                picture.Solid[i] = 0;
            }

            float[] before = [.. picture.Depth];
            new Paste(picture, rgb, backdrop).Add(rng, library.CutOuts[0], 1);
            for (int i = 0; i < Pixels; i++)
            {
                bool isThing = picture.Solid[i] == 1;
                seen += isThing ? 1 : 0;
                Assert.True(isThing ? picture.Depth[i] < before[i] && i % Width >= Width / 2 && rgb[3 * i] > 0.3f : picture.Depth[i] == before[i]);
            }
        }

        Assert.True(seen > 500);
    }

    [Fact]
    public void Photographs_are_textures_of_rooms_and_leave_their_shapes_alone()
    {
        using var folder = new TempFolder();
        PhotoLibrary library = PhotoLibrary.Read(PhotoFolder.Make(folder, "photos"));
        Rendering papered = new Frames(Family.Train, 3, Width, Height, library).Render(2), plain = new Frames(Family.Train, 3, Width, Height).Render(2);
        Assert.NotEqual(plain.Radiance, papered.Radiance);
        Assert.All(papered.Radiance, light => Assert.True(float.IsFinite(light) && light >= 0));
        Texture texture = Texture.Photographed(library.Photographs[0], 2, 0, System.Numerics.Vector3.One, 1, 8);
        // Two metres of photograph, then its mirror image: the same again after four.
        Assert.Equal(texture.At(0.3f, 0.2f, 0.001f).X, texture.At(4.3f, 0.2f, 0.001f).X, 1e-3f);
    }

    [Theory]
    [InlineData("--family collage needs --photos, a folder of photographs.", "shards", "--family", "collage")]
    [InlineData("--family test and --photos exclude each other: the rooms of test stay as they are.", "frames", "--family", "test", "--photos", "x")]
    public void A_family_and_photographs_must_fit(string message, params string[] args)
    {
        Tool run = Tool.Run([.. args, "--out", "nowhere"]);
        Assert.Equal((2, $"{message}\nTry 'EMDC.Scenes {args[0]} --help'.\n"), (run.Code, run.Error));
    }

    [Fact]
    public void Shards_remember_their_photographs()
    {
        using var folder = new TempFolder();
        Tool Run(string photos) => Tool.Run("shards", "--family", "collage", "--seed", "9", "--size", "48x64", "--frames", "2", "--photos", PhotoFolder.Make(folder, photos, photos.Length), "--out", folder["out"]);
        Assert.Equal((0, ""), (Run("a").Code, Run("a").Error));
        Assert.Equal("00000: there already\n", Run("b").Out);
        Assert.Equal(1, Run("cc").Code);
        Assert.Contains("\"family\": \"collage\"", File.ReadAllText(folder["out/00000/shard.json"]));
    }
}
