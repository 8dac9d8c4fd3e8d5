// Completes a frame of raw bytes with two frames under way: complete WEIGHTS WIDTH HEIGHT RGB.raw DEPTH.raw OUT.raw
//
//     c++ -std=c++17 -O2 complete.cpp -o complete $(pkg-config --cflags --libs emdc)
//
// RGB.raw holds height x width x 3 bytes, DEPTH.raw and OUT.raw height x width floats in metres.
#include <emdc.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

static std::vector<char> bytes_of(const std::string &path, std::size_t needed) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (bytes.size() != needed)
        throw std::runtime_error(path + " has " + std::to_string(bytes.size()) + " bytes, but " + std::to_string(needed) + " are needed.");
    return bytes;
}

int main(int count, char **args) {
    if (count != 7) {
        std::cerr << "usage: complete WEIGHTS WIDTH HEIGHT RGB.raw DEPTH.raw OUT.raw\n";
        return 2;
    }
    try {
        int width = std::atoi(args[2]), height = std::atoi(args[3]);
        std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
        std::vector<char> rgb = bytes_of(args[4], 3 * pixels), depth = bytes_of(args[5], pixels * sizeof(float));
        std::vector<float> dense(pixels);

        emdc::Engine engine(args[1]);
        emdc::Frame frame(width, height, rgb.data(), depth.data());
        emdc::Maps maps;
        maps.dense = dense.data();
        engine.submit(frame);
        engine.submit(frame);
        int measured = engine.collect(maps);
        engine.collect(maps);

        std::ofstream(args[6], std::ios::binary).write(reinterpret_cast<const char *>(dense.data()), static_cast<std::streamsize>(pixels * sizeof(float)));
        std::cout << measured << " spots\n" << emdc::Engine::devices();
        return 0;
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
