using EMDC.Peers;

return args switch
{
    ["onnx", var folder, var graph, .. var options] => OnnxGraph.Time(folder, graph, options),
    ["table"] => ResultTable.Print(Console.In, Console.Out),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: EMDC.Peers onnx FOLDER GRAPH [--threads 2] [--warmup 5] [--runs 30] [--profile] | EMDC.Peers table <results.jsonl");
    return 2;
}
