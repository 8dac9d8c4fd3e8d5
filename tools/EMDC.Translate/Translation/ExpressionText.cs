using System.Globalization;

namespace EMDC.Translate;

/// <summary>Writes expressions, with no more parentheses than compilers ask for.</summary>
internal static class ExpressionText
{
    private const int Primary = 20;
    private const int Prefix = 18;
    private const int Choice = 2;

    public static string Of(Expression expression) => expression switch
    {
        Literal literal => Of(literal.Value),
        Local local => local.Variable.Printed ?? throw new InvalidOperationException($"{local.Variable.Name ?? "A variable"} is used where it is not declared."),
        Member { Target: Dereference pointer } member => $"{At(pointer.Pointer, Primary)}->{member.Name}",
        Member member => $"{At(member.Target, Primary)}.{member.Name}",
        Unary unary => $"{unary.Operator}{Operand(unary.Operand)}",
        Binary binary => $"{Operand(binary.Left, binary, isRight: false)} {binary.Operator} {Operand(binary.Right, binary, isRight: true)}",
        Conditional choice => $"{Condition(choice.Condition)} ? {At(choice.Then, Choice)} : {At(choice.Else, Choice)}",
        Cast cast => $"({cast.Type}){At(cast.Operand, Prefix)}",
        Call call => $"{call.Name}({string.Join(", ", Arguments(call))})",
        Element element => $"{At(element.Pointer, Primary)}[{Of(element.Index)}]",
        Build { Type: VectorType } build => $"({build.Type})({string.Join(", ", Parts(build.Parts))})",
        Build build => $"({build.Type}){{{string.Join(", ", build.Parts.Select(Of))}}}",
        ViewValue view => Of(view.Pointer),
        AddressOf address => $"&{At(address.Location, Prefix)}",
        Dereference pointer => $"*{At(pointer.Pointer, Prefix)}",
        _ => throw new InvalidOperationException($"{expression.GetType().Name} has no text."),
    };

    private static string Of(object value) => value switch
    {
        int.MinValue => "(-2147483647 - 1)",
        int number => number.ToString(CultureInfo.InvariantCulture),
        uint number => $"{number.ToString(CultureInfo.InvariantCulture)}u",
        long.MinValue => "(-9223372036854775807L - 1)",
        long number => $"{number.ToString(CultureInfo.InvariantCulture)}L",
        ulong number => $"{number.ToString(CultureInfo.InvariantCulture)}UL",
        bool truth => truth ? "true" : "false",
        float.PositiveInfinity => "INFINITY",
        float.NegativeInfinity => "-INFINITY",
        float number when float.IsNaN(number) => "NAN",
        float number => Of(number),
        _ => throw new InvalidOperationException($"{value} is no number."),
    };

    // Digits that give the same float back, with a point or an exponent.
    private static string Of(float number)
    {
        string digits = number.ToString("R", CultureInfo.InvariantCulture);
        return digits.Contains('.') || digits.Contains('E') ? $"{digits}f" : $"{digits}.0f";
    }

    private static IEnumerable<string> Arguments(Call call)
    {
        if (call.Helper is { IsChecked: true }) yield return CheckedText.Faults;
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            yield return Of(call.Arguments[i]);
            if (call.Arguments[i] is ViewValue view && call.Helper!.Takes(call.Helper.Parameters[i])) yield return Of(view.Length);
        }
    }

    // Neighbouring components of one vector in one: m.y, m.z → m.yz.
    private static IEnumerable<string> Parts(IReadOnlyList<Expression> parts)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            string part = Of(parts[i]);
            if (parts[i] is Member { Target: { Type: VectorType, IsTrivial: true } vector })
                for (; i + 1 < parts.Count && parts[i + 1] is Member next && next.Target == vector; i++) part += next.Name;
            yield return part;
        }
    }

    // Double signs would be decrements.
    private static string Operand(Expression operand)
    {
        string text = At(operand, Prefix);
        return text[0] == '-' ? $"({text})" : text;
    }

    private static string Operand(Expression operand, Binary outer, bool isRight)
    {
        string text = Of(operand);
        int inner = Precedence(operand), own = Precedence(outer);
        bool plain = inner > own || inner == own && !isRight;

        // Compilers warn of && in ||, of & beside |, and of sums in shifts, even where precedence is as meant.
        if (operand is Binary { Operator: var inside } && inside != outer.Operator)
        {
            bool bits = outer.Operator is "&" or "|" or "^" or "<<" or ">>";
            plain &= !bits && !(outer.Operator == "||" && inside == "&&") && !(inside is "<<" or ">>" or "&" or "|" or "^");
        }
        return plain ? text : $"({text})";
    }

    // Compilers warn of a | b ? c : d.
    private static string Condition(Expression condition) =>
        condition is Conditional or Binary { Operator: "&" or "|" or "^" } ? $"({Of(condition)})" : Of(condition);

    private static string At(Expression expression, int least) =>
        Precedence(expression) >= least ? Of(expression) : $"({Of(expression)})";

    private static int Precedence(Expression expression) => expression switch
    {
        Literal { Value: int and < 0 or long and < 0 or float and < 0 } => Prefix,
        Unary or Cast or AddressOf or Dereference => Prefix,
        Build { Type: VectorType } => Prefix,
        ViewValue view => Precedence(view.Pointer),
        Conditional => Choice,
        Binary binary => binary.Operator switch
        {
            "*" or "/" or "%" => 13,
            "+" or "-" => 12,
            "<<" or ">>" => 11,
            "<" or ">" or "<=" or ">=" => 10,
            "==" or "!=" => 9,
            "&" => 8,
            "^" => 7,
            "|" => 6,
            "&&" => 5,
            _ => 4,
        },
        _ => Primary,
    };
}
