//! `cargo xtask`: builds, checks, tests and measures widelane.

use clap::{Parser, Subcommand};

/// Builds, checks, tests and measures widelane.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {}
}
