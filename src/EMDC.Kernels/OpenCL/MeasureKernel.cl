// FrameInput.MeasureKernel, translated from IL; OpenCL C 1.2. Comes after Common.cl.

__kernel void MeasureKernel(
    __global float *sparse, int sparse_offset, int sparse_length,
    __global float *maxima, int maxima_offset, int maxima_length,
    __global int *counts, int counts_offset, int counts_length,
    InputShape s)
{
    __local float highest[256];
    __local int measured[256];
    sparse += sparse_offset;
    maxima += maxima_offset;
    counts += counts_offset;
    int thread = (int)get_local_id(0);
    int n = s.Height * s.Width;
    int count = 0;
    float m = 0.0f;
    for (int e = (int)get_group_id(0) * (int)get_local_size(0) + thread; e < n; e += (int)get_num_groups(0) * (int)get_local_size(0))
    {
        float d = FrameInput_Valid(sparse[e], s.MaxDepth);
        m = d > m ? d : m;
        count += d > 0.0f ? 1 : 0;
    }
    highest[thread] = m;
    measured[thread] = count;
    for (int half_ = (int)get_local_size(0) / 2; half_ > 0; half_ /= 2)
    {
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        if (thread < half_)
        {
            float a = highest[thread];
            float b = highest[thread + half_];
            highest[thread] = a > b ? a : b;
            measured[thread] += measured[thread + half_];
        }
    }
    if (thread == 0)
    {
        maxima[(int)get_group_id(0)] = highest[0];
        counts[(int)get_group_id(0)] = measured[0];
    }
}
