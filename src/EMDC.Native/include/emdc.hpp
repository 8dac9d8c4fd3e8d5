// emdc.hpp: emdc.h for C++17, with an engine that closes itself and errors as exceptions.
//
//     emdc::Engine engine("emdc.safetensors");
//     std::vector<float> dense = engine.complete({256, 192, rgb, spots});
//
// Threads and memory as in emdc.h. Everything here is inline: programs link with libemdc and nothing else.
#ifndef EMDC_HPP
#define EMDC_HPP

#include "emdc.h"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace emdc {

/// A call that failed: the sentence is what(), the kind is status().
class Error : public std::runtime_error {
public:
    Error(emdc_status status, const char *sentence) : std::runtime_error(sentence), status_(status) {}
    emdc_status status() const noexcept { return status_; }

private:
    emdc_status status_;
};

inline void check(emdc_status status) {
    if (status != EMDC_OK) throw Error(status, emdc_last_error());
}

/// emdc_options with defaults; change what you need.
struct Options : emdc_options {
    Options() : emdc_options() { size = sizeof(emdc_options); }
};

/// emdc_frame: float metres and RGB without gaps between rows unless you say otherwise.
struct Frame : emdc_frame {
    Frame(int columns, int rows, const void *colours, const void *metres) : emdc_frame() {
        size = sizeof(emdc_frame);
        width = columns;
        height = rows;
        rgb = colours;
        depth = metres;
    }
};

/// emdc_maps; none is wanted until you set it.
struct Maps : emdc_maps {
    Maps() : emdc_maps() { size = sizeof(emdc_maps); }
};

class Engine {
public:
    explicit Engine(const std::string &weights, const Options &options = Options()) {
        check(emdc_open(EMDC_ABI, weights.c_str(), &options, &engine_));
    }
    Engine(const void *weights, std::size_t bytes, const Options &options = Options()) {
        check(emdc_open_memory(EMDC_ABI, weights, bytes, &options, &engine_));
    }
    Engine(Engine &&other) noexcept : engine_(std::exchange(other.engine_, nullptr)) {}
    Engine &operator=(Engine &&other) noexcept {
        std::swap(engine_, other.engine_);
        return *this;
    }
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;
    ~Engine() { emdc_close(engine_); }

    void warm_up(int width, int height) { check(emdc_warm_up(engine_, width, height)); }

    /// Into your memory; returns the number of measured pixels.
    int complete(const Frame &frame, const Maps &maps) {
        emdc_result result = emdc_result();
        result.size = sizeof(emdc_result);
        check(emdc_complete(engine_, &frame, &maps, &result));
        return result.measured;
    }

    /// Height x width metres, row by row.
    std::vector<float> complete(const Frame &frame) {
        std::vector<float> dense(static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height));
        Maps maps;
        maps.dense = dense.data();
        complete(frame, maps);
        return dense;
    }

    void submit(const Frame &frame) { check(emdc_submit(engine_, &frame)); }

    int collect(const Maps &maps) {
        emdc_result result = emdc_result();
        result.size = sizeof(emdc_result);
        check(emdc_collect(engine_, &maps, &result));
        return result.measured;
    }

    /// The time of each operator as JSON, means of `runs` runs.
    std::string profile(const Frame &frame, int runs) {
        return text([&](char *to, std::size_t capacity, std::size_t *needed) { return emdc_profile(engine_, &frame, runs, to, capacity, needed); });
    }

    /// A line for each device: its name, a tab, what it is.
    static std::string devices() { return text(emdc_devices); }

private:
    template <typename Call>
    static std::string text(Call call) {
        std::string found(1 << 16, '\0');
        std::size_t needed = 0;
        emdc_status status = call(&found[0], found.size(), &needed);
        if (status != EMDC_OK && needed > found.size()) {
            found.resize(needed);
            status = call(&found[0], found.size(), &needed);
        }
        check(status);
        found.resize(needed - 1);
        return found;
    }

    emdc_engine *engine_ = nullptr;
};

} // namespace emdc

#endif
