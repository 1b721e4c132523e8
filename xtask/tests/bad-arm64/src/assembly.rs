//! Doors in assembly, for what the compiler cannot be made to write.

/// A function with the frame of an unwind table around it.
macro_rules! door {
    ($name:literal, $($line:literal),* $(,)?) => {
        core::arch::global_asm!(
            concat!(".section .text.", $name, ",\"ax\",@progbits"),
            ".p2align 4",
            concat!(".globl ", $name),
            concat!(".type ", $name, ",@function"),
            concat!($name, ":"),
            ".cfi_startproc",
            $($line,)*
            ".cfi_endproc",
            concat!(".size ", $name, ", . - ", $name),
            ".text",
        );
    };
}
