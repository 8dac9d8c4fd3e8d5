namespace ILGPU.Runtime;

/// <summary>Loads kernels; the launchers take the launch geometry, or an extent where the accelerator chooses it.</summary>
/// <remarks>One method an arity, all of one pattern: C# has no generics over the number of type arguments.</remarks>
public static partial class KernelLoaders
{
    public static Action<AcceleratorStream, KernelConfig, T1> LoadKernel<T1>(
        this Accelerator accelerator, Action<T1> action)
        where T1 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            return () => action(b1);
        });
    }

    public static Action<KernelConfig, T1> LoadStreamKernel<T1>(
        this Accelerator accelerator, Action<T1> action)
        where T1 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1) => launch(accelerator.DefaultStream, config, a1);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2> LoadKernel<T1, T2>(
        this Accelerator accelerator, Action<T1, T2> action)
        where T1 : struct where T2 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            return () => action(b1, b2);
        });
    }

    public static Action<KernelConfig, T1, T2> LoadStreamKernel<T1, T2>(
        this Accelerator accelerator, Action<T1, T2> action)
        where T1 : struct where T2 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2) => launch(accelerator.DefaultStream, config, a1, a2);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3> LoadKernel<T1, T2, T3>(
        this Accelerator accelerator, Action<T1, T2, T3> action)
        where T1 : struct where T2 : struct where T3 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            return () => action(b1, b2, b3);
        });
    }

    public static Action<KernelConfig, T1, T2, T3> LoadStreamKernel<T1, T2, T3>(
        this Accelerator accelerator, Action<T1, T2, T3> action)
        where T1 : struct where T2 : struct where T3 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3) => launch(accelerator.DefaultStream, config, a1, a2, a3);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4> LoadKernel<T1, T2, T3, T4>(
        this Accelerator accelerator, Action<T1, T2, T3, T4> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            return () => action(b1, b2, b3, b4);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4> LoadStreamKernel<T1, T2, T3, T4>(
        this Accelerator accelerator, Action<T1, T2, T3, T4> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5> LoadKernel<T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            return () => action(b1, b2, b3, b4, b5);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5> LoadStreamKernel<T1, T2, T3, T4, T5>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6> LoadKernel<T1, T2, T3, T4, T5, T6>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            return () => action(b1, b2, b3, b4, b5, b6);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6> LoadStreamKernel<T1, T2, T3, T4, T5, T6>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7> LoadKernel<T1, T2, T3, T4, T5, T6, T7>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6, a7) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Set(6, a7);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6, a7) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            var b7 = arguments.Set(6, a7);
            return () => action(b1, b2, b3, b4, b5, b6, b7);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6, T7> LoadStreamKernel<T1, T2, T3, T4, T5, T6, T7>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6, a7) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6, a7);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8> LoadKernel<T1, T2, T3, T4, T5, T6, T7, T8>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Set(6, a7);
                    translated.Set(7, a8);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            var b7 = arguments.Set(6, a7);
            var b8 = arguments.Set(7, a8);
            return () => action(b1, b2, b3, b4, b5, b6, b7, b8);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8> LoadStreamKernel<T1, T2, T3, T4, T5, T6, T7, T8>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6, a7, a8) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6, a7, a8);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9> LoadKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Set(6, a7);
                    translated.Set(7, a8);
                    translated.Set(8, a9);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            var b7 = arguments.Set(6, a7);
            var b8 = arguments.Set(7, a8);
            var b9 = arguments.Set(8, a9);
            return () => action(b1, b2, b3, b4, b5, b6, b7, b8, b9);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9> LoadStreamKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6, a7, a8, a9) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> LoadKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Set(6, a7);
                    translated.Set(7, a8);
                    translated.Set(8, a9);
                    translated.Set(9, a10);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            var b7 = arguments.Set(6, a7);
            var b8 = arguments.Set(7, a8);
            var b9 = arguments.Set(8, a9);
            var b10 = arguments.Set(9, a10);
            return () => action(b1, b2, b3, b4, b5, b6, b7, b8, b9, b10);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> LoadStreamKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> LoadKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct where T11 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Set(6, a7);
                    translated.Set(7, a8);
                    translated.Set(8, a9);
                    translated.Set(9, a10);
                    translated.Set(10, a11);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            var b7 = arguments.Set(6, a7);
            var b8 = arguments.Set(7, a8);
            var b9 = arguments.Set(8, a9);
            var b10 = arguments.Set(9, a10);
            var b11 = arguments.Set(10, a11);
            return () => action(b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> LoadStreamKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct where T11 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> LoadKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct where T11 : struct where T12 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Set(6, a7);
                    translated.Set(7, a8);
                    translated.Set(8, a9);
                    translated.Set(9, a10);
                    translated.Set(10, a11);
                    translated.Set(11, a12);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            var b7 = arguments.Set(6, a7);
            var b8 = arguments.Set(7, a8);
            var b9 = arguments.Set(8, a9);
            var b10 = arguments.Set(9, a10);
            var b11 = arguments.Set(10, a11);
            var b12 = arguments.Set(11, a12);
            return () => action(b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> LoadStreamKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct where T11 : struct where T12 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> LoadKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct where T11 : struct where T12 : struct
        where T13 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Set(6, a7);
                    translated.Set(7, a8);
                    translated.Set(8, a9);
                    translated.Set(9, a10);
                    translated.Set(10, a11);
                    translated.Set(11, a12);
                    translated.Set(12, a13);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            var b7 = arguments.Set(6, a7);
            var b8 = arguments.Set(7, a8);
            var b9 = arguments.Set(8, a9);
            var b10 = arguments.Set(9, a10);
            var b11 = arguments.Set(10, a11);
            var b12 = arguments.Set(11, a12);
            var b13 = arguments.Set(12, a13);
            return () => action(b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> LoadStreamKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct where T11 : struct where T12 : struct
        where T13 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13);
    }

    public static Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> LoadKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct where T11 : struct where T12 : struct
        where T13 : struct where T14 : struct
    {
        var kernel = accelerator.Load(action.Method, autoGrouped: false);
        if (kernel is TranslatedKernel translated)
            return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) =>
            {
                lock (translated)
                {
                    translated.Set(0, a1);
                    translated.Set(1, a2);
                    translated.Set(2, a3);
                    translated.Set(3, a4);
                    translated.Set(4, a5);
                    translated.Set(5, a6);
                    translated.Set(6, a7);
                    translated.Set(7, a8);
                    translated.Set(8, a9);
                    translated.Set(9, a10);
                    translated.Set(10, a11);
                    translated.Set(11, a12);
                    translated.Set(12, a13);
                    translated.Set(13, a14);
                    translated.Launch(stream, config);
                }
            };
        var method = (MethodKernel)kernel;
        return (stream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) => method.Launch(stream, config, arguments =>
        {
            var b1 = arguments.Set(0, a1);
            var b2 = arguments.Set(1, a2);
            var b3 = arguments.Set(2, a3);
            var b4 = arguments.Set(3, a4);
            var b5 = arguments.Set(4, a5);
            var b6 = arguments.Set(5, a6);
            var b7 = arguments.Set(6, a7);
            var b8 = arguments.Set(7, a8);
            var b9 = arguments.Set(8, a9);
            var b10 = arguments.Set(9, a10);
            var b11 = arguments.Set(10, a11);
            var b12 = arguments.Set(11, a12);
            var b13 = arguments.Set(12, a13);
            var b14 = arguments.Set(13, a14);
            return () => action(b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14);
        });
    }

    public static Action<KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> LoadStreamKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14>(
        this Accelerator accelerator, Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> action)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
        where T7 : struct where T8 : struct where T9 : struct where T10 : struct where T11 : struct where T12 : struct
        where T13 : struct where T14 : struct
    {
        var launch = accelerator.LoadKernel(action);
        return (config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) => launch(accelerator.DefaultStream, config, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14);
    }
}
