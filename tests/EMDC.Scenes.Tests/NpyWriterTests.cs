using System.Runtime.InteropServices;
using System.Text;
using EMDC.Imaging;
using EMDC.Scenes.Output;

namespace EMDC.Scenes.Tests;

/// <summary>The arrays that numpy maps.</summary>
public sealed class NpyWriterTests
{
    [Fact]
    public void EMDC_Imaging_reads_what_was_written()
    {
        using var folder = new TempFolder();
        ushort[] rows = [5000, 10000, 0, 65535, 1, 2];
        using (var file = new NpyWriter(folder["a.npy"], "<u2", 2, 3))
        {
            // Frames may come in any order.
            file.Write(1, MemoryMarshal.AsBytes(rows.AsSpan(3)));
            file.Write(0, MemoryMarshal.AsBytes(rows.AsSpan(0, 3)));
        }

        DepthMap read = DepthFile.Read(folder["a.npy"], new DepthReadOptions { Scale = 1f / 5000 });
        Assert.Equal((3, 2), (read.Width, read.Height));
        Assert.Equal(rows.Select(row => row / 5000f), read.Metres, (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void The_header_is_as_the_format_has_it()
    {
        byte[] header = NpyWriter.Header("|u1", [1000, 192, 256, 3]);
        Assert.Equal(0, header.Length % 64);
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], header[..8]);
        Assert.Equal(header.Length - 10, header[8] + 256 * header[9]);
        string text = Encoding.ASCII.GetString(header.AsSpan(10));
        Assert.Equal("{'descr': '|u1', 'fortran_order': False, 'shape': (1000, 192, 256, 3), }", text.TrimEnd());
        Assert.EndsWith("\n", text);
        Assert.Contains("(7,)", Encoding.ASCII.GetString(NpyWriter.Header("<u2", [7])));
    }

    [Fact]
    public void A_frame_of_another_size_is_refused()
    {
        using var folder = new TempFolder();
        using var file = new NpyWriter(folder["a.npy"], "<u2", 2, 3);
        var error = Assert.Throws<ArgumentException>(() => file.Write(0, new byte[5]));
        Assert.Equal("A frame has 5 bytes, but the file's shape needs 6.", error.Message);
    }
}
