using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

// The name and meaning of FsCheck.Xunit's attribute, for feeds that do not carry that package.
namespace FsCheck.Xunit;

/// <summary>A test whose parameters FsCheck draws: it runs <see cref="MaxTest"/> times, shrinks what fails and prints the seed.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("FsCheck.Xunit.PropertyDiscoverer", "EMDC.Testing")]
public sealed class PropertyAttribute : FactAttribute
{
    /// <summary>How many draws must pass.</summary>
    public int MaxTest { get; set; } = 100;

    /// <summary>Classes whose static members give the generators for the parameters.</summary>
    public Type[] Arbitrary { get; set; } = [];
}

public sealed class PropertyDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo property) =>
        [new PropertyTestCase(diagnostics, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)];
}

public sealed class PropertyTestCase : XunitTestCase
{
    [Obsolete("Called by the deserializer only.")]
    public PropertyTestCase() { }

    public PropertyTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method) { }

    public override Task<RunSummary> RunAsync(
        IMessageSink diagnostics, IMessageBus bus, object[] constructorArguments,
        ExceptionAggregator aggregator, CancellationTokenSource cancellation)
    {
        var test = new XunitTest(this, DisplayName);
        var summary = new RunSummary { Total = 1 };
        var output = constructorArguments.OfType<TestOutputHelper>().FirstOrDefault();
        output?.Initialize(bus, test);
        bus.QueueMessage(new TestCaseStarting(this));
        bus.QueueMessage(new TestStarting(test));
        var watch = Stopwatch.StartNew();
        Exception? failure = SkipReason is null ? Check(constructorArguments) : null;
        summary.Time = (decimal)watch.Elapsed.TotalSeconds;
        string text = output?.Output ?? "";
        if (SkipReason is not null)
        {
            summary.Skipped = 1;
            bus.QueueMessage(new TestSkipped(test, SkipReason));
        }
        else if (failure is null)
        {
            bus.QueueMessage(new TestPassed(test, summary.Time, text));
        }
        else
        {
            summary.Failed = 1;
            bus.QueueMessage(new TestFailed(test, summary.Time, text, failure));
        }

        bus.QueueMessage(new TestFinished(test, summary.Time, text));
        bus.QueueMessage(new TestCaseFinished(this, summary.Time, summary.Total, summary.Failed, summary.Skipped));
        output?.Uninitialize();
        return Task.FromResult(summary);
    }

    private Exception? Check(object[] constructorArguments)
    {
        object? instance = null;
        try
        {
            var property = Method.GetCustomAttributes(typeof(PropertyAttribute)).Single();
            var method = Method.ToRuntimeMethod();
            var config = Config.QuickThrowOnFailure
                .WithMaxTest(property.GetNamedArgument<int>(nameof(PropertyAttribute.MaxTest)))
                .WithArbitrary(property.GetNamedArgument<Type[]>(nameof(PropertyAttribute.Arbitrary)) ?? []);
            if (!method.IsStatic)
            {
                instance = Activator.CreateInstance(TestMethod.TestClass.Class.ToRuntimeType(), constructorArguments);
            }

            global::FsCheck.Check.Method(config, method, instance);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
        finally
        {
            (instance as IDisposable)?.Dispose();
        }
    }
}
