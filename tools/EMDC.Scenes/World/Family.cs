namespace EMDC.Scenes.World;

/// <summary>
/// Two worlds of rooms without a common layout or pattern (but plain paint), so that what is measured on one was not learnt by heart; and
/// collages of photographs.
/// </summary>
internal enum Family
{
    Train,
    Test,
    Collage,
}
