//! What every variant of a kernel must satisfy, whatever its instruction set: the same bits as the portable one
//! for all lengths and alignments, and not one byte touched outside its arguments.
