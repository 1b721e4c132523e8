//! What the errors of base32, base64 and hex have in common, and those of latin1 and utf16. Each family has types of its own, whose messages name it.

/// `ShortOutput`, and `DecodeError` with what `DecodeErrorKind::what` says.
macro_rules! text_errors {
    ($family:literal) => {
        /// The destination is too short for the text.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct ShortOutput {
            /// Bytes that are needed.
            pub needed: usize,
        }

        impl core::fmt::Display for ShortOutput {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!($family, ": the output needs {} bytes"), self.needed)
            }
        }

        impl core::error::Error for ShortOutput {}

        /// Why and where decoding stopped.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct DecodeError {
            pub kind: DecodeErrorKind,
            /// Index in the text of the byte that is wrong, or the length of the text if its end is.
            pub offset: usize,
            /// Bytes decoded before.
            pub written: usize,
        }

        impl core::fmt::Display for DecodeError {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!($family, ": {}, at byte {}"), self.kind.what(), self.offset)
            }
        }

        impl core::error::Error for DecodeError {}
    };
}

/// `Error`, with what `ErrorKind::what` says.
macro_rules! conversion_error {
    ($family:literal) => {
        /// Why and where a conversion stopped.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct Error {
            pub kind: ErrorKind,
            /// Index in the source of the first byte or unit that is not converted: where what is wrong begins, or the
            /// character for which there is no room.
            pub offset: usize,
            /// Bytes or units written before.
            pub written: usize,
        }

        impl core::fmt::Display for Error {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!($family, ": {}, at index {}"), self.kind.what(), self.offset)
            }
        }

        impl core::error::Error for Error {}
    };
}

/// `AlphabetError`, where users bring alphabets.
macro_rules! alphabet_error {
    ($family:literal) => {
        /// A byte cannot be in an alphabet: it is not ASCII, or it occurs twice.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct AlphabetError {
            pub byte: u8,
        }

        impl core::fmt::Display for AlphabetError {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let what = concat!($family, " alphabet: byte");
                write!(f, "{what} {:#04x} is not ASCII or occurs twice", self.byte)
            }
        }

        impl core::error::Error for AlphabetError {}
    };
}

/// The byte of an alphabet or its padding that is not ASCII, or occurs twice.
pub(crate) const fn misfit(alphabet: &[u8], padding: Option<u8>) -> Option<u8> {
    let mut seen = 0u128;
    let mut i = 0;
    while i <= alphabet.len() {
        let byte = if i < alphabet.len() { Some(alphabet[i]) } else { padding };
        if let Some(byte) = byte {
            if byte >= 128 || seen & 1 << byte != 0 {
                return Some(byte);
            }
            seen |= 1 << byte;
        }
        i += 1;
    }
    None
}

pub(crate) use {alphabet_error, conversion_error, text_errors};
