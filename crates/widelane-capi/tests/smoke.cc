// The header is C++ as well: it compiles with every warning on, and names have C linkage.
#include <widelane.h>

#include <cstdint>

int main() {
    const std::uint64_t words[] = {1, 2, 3};
    static_assert(noexcept(wl_vec_sum(words, 3)), "kernels throw nothing");
    return wl_vec_sum(words, 3) == 6 ? 0 : 1;
}
