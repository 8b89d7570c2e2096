/// Loops over eight numbers side by side that are built twice: for any processor, and for those with AVX2, chosen when the program starts.
#pragma once

#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define CHOREIA_FAST __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CHOREIA_FAST
#endif

namespace choreia {

/// Eight numbers side by side; what the compiler keeps in registers where an array would go to memory and back. At any address. Handed on by
/// reference only: vectors are not passed alike everywhere.
using Eight = float __attribute__((vector_size(32), aligned(4), may_alias));
using EightBits = std::int32_t __attribute__((vector_size(32), aligned(4), may_alias));

}  // namespace choreia
