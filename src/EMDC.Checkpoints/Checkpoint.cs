using System.Security.Cryptography;
using EMDC.Weights;

namespace EMDC.Checkpoints;

/// <summary>
/// A PyTorch checkpoint read as data: the tensors of its state dict in their order, without the prefix <c>module.</c> that
/// DataParallel puts before every name.
/// </summary>
internal sealed class Checkpoint
{
    private const long MaxFile = 1L << 30;

    // Five times the network; a view with stride 0 can claim any size, whatever the file's length.
    private const long MaxElements = 1 << 25;
    private const string Prefix = "module.";

    private Checkpoint(IReadOnlyList<SafetensorsTensor> tensors, string sha256)
    {
        Tensors = tensors;
        Sha256 = sha256;
    }

    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <summary>SHA-256 of the file, in lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <exception cref="EmdcException">The file cannot be read or is no checkpoint.</exception>
    public static Checkpoint Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFile and var length })
            {
                throw new EmdcException($"{path}: the file has {length} bytes, but checkpoints of at most {MaxFile} are read.");
            }

            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EmdcException($"{path}: there is no such file.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EmdcException($"{path}: the file cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a checkpoint that is in memory; <paramref name="name"/> stands in the messages.</summary>
    /// <exception cref="EmdcException">The bytes are no checkpoint.</exception>
    public static Checkpoint Parse(string name, byte[] bytes)
    {
        try
        {
            using CheckpointFormat format = bytes.AsSpan().StartsWith("PK\u0003\u0004"u8)
                ? new ZipFormat(bytes)
                : new LegacyFormat(bytes);
            var tensors = StateDictOf(format.Root).ToList();
            format.Load(tensors.Select(t => t.Tensor.Storage).Distinct());
            return new(
                [.. tensors.Select(t => t.Tensor.Read(t.Name))],
                System.Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (InvalidDataException error)
        {
            throw new EmdcException($"{name}: {error.Message}", error);
        }
    }

    private static IEnumerable<(string Name, TensorValue Tensor)> StateDictOf(object? root)
    {
        if (root is not PickleDict dict)
        {
            throw new InvalidDataException("the checkpoint holds no dict of names and tensors.");
        }

        if (dict.TryGet("state_dict", out object? inner))
        {
            dict = inner as PickleDict ?? throw new InvalidDataException("state_dict is no dict of names and tensors.");
        }
        else if (!dict.Items.Any(i => i.Value is TensorValue))
        {
            string keys = string.Join(", ", dict.Items.Take(4).Select(i => Shown.Name(i.Key)));
            throw new InvalidDataException("the checkpoint has neither state_dict nor tensors at its top, "
                + $"only {(keys.Length > 0 ? $"'{keys}'" : "an empty dict")}.");
        }

        var names = new HashSet<string>();
        long elements = 0;
        foreach (var (key, value) in dict.Items)
        {
            string name = key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : key;
            if (value is not TensorValue tensor)
            {
                throw new InvalidDataException($"the state dict has '{Shown.Name(key)}', which is no tensor.");
            }

            if (!names.Add(name))
            {
                throw new InvalidDataException($"the state dict has '{Shown.Name(name)}' twice, with and without '{Prefix}'.");
            }

            elements += Math.Min(tensor.Count, MaxElements + 1);
            if (elements > MaxElements)
            {
                throw new InvalidDataException($"the tensors have more than {MaxElements} elements together.");
            }

            yield return (name, tensor);
        }
    }
}

/// <summary>A way of storing a checkpoint: the unpickled object, and the bytes of storages on demand.</summary>
internal abstract class CheckpointFormat : IDisposable
{
    public object? Root { get; protected init; }

    public abstract void Load(IEnumerable<Storage> storages);

    public virtual void Dispose()
    {
    }
}
