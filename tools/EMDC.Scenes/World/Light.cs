using System.Numerics;

namespace EMDC.Scenes.World;

/// <summary>A lamp that shines from the parallelogram at ± <paramref name="U"/> ± <paramref name="V"/>; a point where both are 0.</summary>
/// <param name="At">Its centre.</param>
/// <param name="U">Half an edge.</param>
/// <param name="V">Half the other edge.</param>
/// <param name="Colour">Irradiance at a distance of one metre.</param>
internal sealed record Light(Vector3 At, Vector3 U, Vector3 V, Vector3 Colour);
