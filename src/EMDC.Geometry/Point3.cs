namespace EMDC.Geometry;

/// <summary>A point in metres in a camera's frame: x to the right, y down, z forward.</summary>
public readonly record struct Point3(double X, double Y, double Z);
