namespace EMDC.Scenes.World;

/// <summary>Two worlds without a common layout or pattern (but plain paint), so that what is measured on one was not learnt by heart.</summary>
internal enum Family
{
    Train,
    Test,
}
