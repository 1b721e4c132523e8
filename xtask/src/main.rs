//! `cargo xtask`: builds, checks, tests and measures widelane.

mod amd64;
mod arm64;
mod bench;
mod compile;
#[allow(dead_code, reason = "tests call what no command does")]
mod dist;
mod fuzz;
mod generate;
mod golang;
mod inspect;
mod linked;
mod machine;
mod matrix;
mod object;
#[allow(dead_code, reason = "for the suite")]
mod qemu;
mod refusal;
mod review;
mod root;
mod test;
mod toolchain;

use clap::{Parser, Subcommand};

/// Builds, checks, tests and measures widelane.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bench(bench::Args),
    Dist(dist::Args),
    Fuzz(fuzz::Args),
    Gen(generate::Args),
    Inspect(inspect::Args),
    Review(review::Args),
    Test(test::Args),
}

/// Runs the command; an error is one line that says what to do, and exit code 2.
fn main() -> std::process::ExitCode {
    let result = match Cli::parse().command {
        Command::Bench(args) => bench::run(&args),
        Command::Dist(args) => dist::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Gen(args) => generate::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Test(args) => test::run(&args),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e:#}");
            std::process::ExitCode::from(2)
        }
    }
}
