//! What the language asks of a library without the standard one.

/// Kernels have no panic paths, and the questions to the library cannot fail, so nothing comes here. Should it ever, the
/// thread stops rather than return into C with the work half done.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
