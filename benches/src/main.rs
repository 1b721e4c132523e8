//! widelane beside its peers, in one process.
fn main() {}
