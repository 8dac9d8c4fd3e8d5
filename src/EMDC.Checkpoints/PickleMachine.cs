using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace EMDC.Checkpoints;

/// <summary>
/// Reads one pickle (protocols 1 to 5) as data. It has the opcodes that tensors in dicts need; a global is a name in
/// <see cref="Global"/>'s list or the end. Work and memory are bounded by the number of instructions, values are never walked
/// recursively, and strings are hashed only where they are short, so no pickle is worth more time than its length.
/// </summary>
internal sealed class PickleMachine(ReadOnlyMemory<byte> pickle, Func<object?, object> persistentLoad)
{
    private const int MaxInstructions = 2_000_000;
    private const int MaxLine = 1000;

    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _at;
    private int _work;

    /// <summary>Where the pickle ended: one past its STOP.</summary>
    public int Position => _at;

    public object? Run()
    {
        for (; _work < MaxInstructions; _work++)
        {
            byte opcode = Take(1)[0];
            if (opcode == '.')
            {
                return Pop();
            }

            Execute(opcode);
        }

        throw new InvalidDataException($"the pickle has more than {MaxInstructions} instructions.");
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                if (Take(1)[0] is var protocol and > 5)
                {
                    throw new InvalidDataException($"the pickle has protocol {protocol}, but at most 5 is read.");
                }

                break;
            case 0x95: // FRAME
                Take(8);
                break;
            case (byte)'(': // MARK
                _marks.Add(_stack.Count);
                break;
            case (byte)'0': // POP
                if (_marks.Count > 0 && _marks[^1] == _stack.Count)
                {
                    _marks.RemoveAt(_marks.Count - 1);
                }
                else
                {
                    Pop();
                }

                break;
            case (byte)'1': // POP_MARK
                PopToMark();
                break;
            case (byte)'2': // DUP
                _stack.Add(Top());
                break;

            case (byte)'N': // NONE
                _stack.Add(null);
                break;
            case 0x88: // NEWTRUE
                _stack.Add(true);
                break;
            case 0x89: // NEWFALSE
                _stack.Add(false);
                break;
            case (byte)'I': // INT, and the booleans of protocol 1
                string digits = Line();
                _stack.Add(digits is "00" or "01" ? digits == "01" : Integer(digits));
                break;
            case (byte)'L': // LONG
                _stack.Add(Integer(Line().TrimEnd('L')));
                break;
            case (byte)'J': // BININT
                _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case (byte)'K': // BININT1
                _stack.Add((long)Take(1)[0]);
                break;
            case (byte)'M': // BININT2
                _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case 0x8A: // LONG1: at most 255 bytes; those beyond an Int64 (torch's magic number) stay what they are
                var value = new BigInteger(Take(Take(1)[0]));
                _stack.Add(value >= long.MinValue && value <= long.MaxValue ? (long)value : value);
                break;
            case (byte)'F': // FLOAT
                string text = Line();
                _stack.Add(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
                    ? real
                    : throw new InvalidDataException($"the pickle has '{Shown.Name(text)}' where a number is needed."));
                break;
            case (byte)'G': // BINFLOAT
                _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;

            case (byte)'S': // STRING
            case (byte)'V': // UNICODE
                _stack.Add(Line().Trim('\'', '"'));
                break;
            case (byte)'T': // BINSTRING
            case (byte)'X': // BINUNICODE
                _stack.Add(Text(Length(4)));
                break;
            case (byte)'U': // SHORT_BINSTRING
            case 0x8C: // SHORT_BINUNICODE
                _stack.Add(Text(Length(1)));
                break;
            case 0x8D: // BINUNICODE8
                _stack.Add(Text(Length(8)));
                break;
            case (byte)'B': // BINBYTES: bytes stand in NumPy scalars only, which nobody reads
                Inert(Length(4));
                break;
            case (byte)'C': // SHORT_BINBYTES
                Inert(Length(1));
                break;
            case 0x8E: // BINBYTES8
                Inert(Length(8));
                break;

            case (byte)')': // EMPTY_TUPLE
                _stack.Add(Array.Empty<object?>());
                break;
            case (byte)'t': // TUPLE
                _stack.Add(PopToMark());
                break;
            case 0x85: // TUPLE1
            case 0x86: // TUPLE2
            case 0x87: // TUPLE3
                object?[] tuple = new object?[opcode - 0x84];
                for (int i = tuple.Length - 1; i >= 0; i--)
                {
                    tuple[i] = Pop();
                }

                _stack.Add(tuple);
                break;
            case (byte)']': // EMPTY_LIST
                _stack.Add(new List<object?>());
                break;
            case (byte)'l': // LIST
                _stack.Add(new List<object?>(PopToMark()));
                break;
            case (byte)'a': // APPEND
                object? item = Pop();
                List().Add(item);
                break;
            case (byte)'e': // APPENDS
                object?[] items = PopToMark();
                List().AddRange(items);
                break;
            case (byte)'}': // EMPTY_DICT
                _stack.Add(new PickleDict());
                break;
            case (byte)'d': // DICT
                object?[] pairs = PopToMark();
                _stack.Add(new PickleDict());
                SetItems(pairs);
                break;
            case (byte)'s': // SETITEM
                object? single = Pop();
                SetItems([Pop(), single]);
                break;
            case (byte)'u': // SETITEMS
                SetItems(PopToMark());
                break;

            case (byte)'p': // PUT
                _memo[Integer(Line())] = Top();
                break;
            case (byte)'q': // BINPUT
                _memo[Take(1)[0]] = Top();
                break;
            case (byte)'r': // LONG_BINPUT
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top();
                break;
            case 0x94: // MEMOIZE
                _memo[_memo.Count] = Top();
                break;
            case (byte)'g': // GET
                Get(Integer(Line()));
                break;
            case (byte)'h': // BINGET
                Get(Take(1)[0]);
                break;
            case (byte)'j': // LONG_BINGET
                Get(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;

            case (byte)'c': // GLOBAL
                _stack.Add(Global.Find(Line(), Line()));
                break;
            case 0x93: // STACK_GLOBAL
                object? name = Pop();
                _stack.Add(Pop() is string module && name is string member
                    ? Global.Find(module, member)
                    : throw new InvalidDataException("the pickle names a global by something that is no string."));
                break;
            case (byte)'i': // INST names its class itself, so that the message can
                Global.Find(Line(), Line());
                throw Unknown(opcode);
            case (byte)'R': // REDUCE
                object? arguments = Pop();
                _work += Rebuild.Cost(arguments);
                _stack.Add(Rebuild.Reduce(Pop(), arguments));
                break;
            case (byte)'b': // BUILD: attributes of an OrderedDict (_metadata) or of a NumPy type; neither matters
                Pop();
                if (Top() is not (PickleDict or InertValue))
                {
                    throw new InvalidDataException("the pickle sets the state of something that is no OrderedDict.");
                }

                break;
            case (byte)'Q': // BINPERSID
                _stack.Add(persistentLoad(Pop()));
                break;
            default:
                throw Unknown(opcode);
        }
    }

    private static InvalidDataException Unknown(byte opcode) =>
        new($"the pickle has the instruction 0x{opcode:X2}, which no tensor needs, so this is no checkpoint or a damaged one.");

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > pickle.Length - _at)
        {
            throw new InvalidDataException($"the pickle ends after {pickle.Length} bytes, in the middle of an instruction.");
        }

        _at += (int)count;
        return pickle.Span.Slice(_at - (int)count, (int)count);
    }

    private long Length(int bytes)
    {
        ulong length = 0;
        var span = Take(bytes);
        for (int i = bytes - 1; i >= 0; i--)
        {
            length = (length << 8) | span[i];
        }

        return (long)Math.Min(length, int.MaxValue);
    }

    private string Text(long length) => Encoding.UTF8.GetString(Take(length));

    private void Inert(long length)
    {
        Take(length);
        _stack.Add(new InertValue());
    }

    private string Line()
    {
        var rest = pickle.Span[_at..];
        int end = rest[..Math.Min(rest.Length, MaxLine)].IndexOf((byte)'\n');
        if (end < 0)
        {
            throw new InvalidDataException("the pickle has a line without an end.");
        }

        _at += end + 1;
        return Encoding.UTF8.GetString(rest[..end]);
    }

    private static long Integer(string digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new InvalidDataException($"the pickle has '{Shown.Name(digits)}' where a whole number is needed.");

    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private object? Top() => _stack.Count > Floor
        ? _stack[^1]
        : throw new InvalidDataException("the pickle takes more from its stack than it put there.");

    private object? Pop()
    {
        object? top = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw new InvalidDataException("the pickle goes back to a mark that it never set.");
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        object?[] items = [.. _stack[mark..]];
        _stack.RemoveRange(mark, items.Length);
        return items;
    }

    private List<object?> List() => Top() as List<object?>
        ?? throw new InvalidDataException("the pickle appends to something that is no list.");

    private void SetItems(object?[] pairs)
    {
        if (Top() is not PickleDict dict || pairs.Length % 2 != 0)
        {
            throw new InvalidDataException("the pickle sets items of something that is no dict.");
        }

        for (int i = 0; i < pairs.Length; i += 2)
        {
            dict.Set(pairs[i], pairs[i + 1]);
        }
    }

    private void Get(long index) => _stack.Add(_memo.TryGetValue(index, out object? value)
        ? value
        : throw new InvalidDataException($"the pickle asks for memo {index}, which it never wrote."));
}
