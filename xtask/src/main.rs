//! `cargo xtask`: builds, checks, tests and measures widelane.

mod amd64;
mod api;
mod arm64;
mod bench;
mod compile;
#[cfg(test)]
mod dependencies;
mod dist;
mod fuzz;
mod generate;
mod golang;
mod inspect;
mod linked;
mod loops;
mod machine;
mod matrix;
mod object;
mod prove;
mod qemu;
mod refusal;
mod release;
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
    Api(api::Args),
    Bench(bench::Args),
    Dist(dist::Args),
    Fuzz(fuzz::Args),
    Gen(generate::Args),
    Inspect(inspect::Args),
    Prove(prove::Args),
    Release(release::Args),
    Review(review::Args),
    Test(test::Args),
    Verify(dist::VerifyArgs),
}

/// Runs the command; an error is one line that says what to do, and exit code 2.
fn main() -> std::process::ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) if e.use_stderr() => {
            eprintln!("{}", in_one_line(&e.to_string()));
            return std::process::ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    build_below_the_checkout();
    let result = match cli.command {
        Command::Api(args) => api::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Dist(args) => dist::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Gen(args) => generate::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Prove(args) => prove::run(&args),
        Command::Release(args) => release::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Verify(args) => dist::verify(&args),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e:#}");
            std::process::ExitCode::from(2)
        }
    }
}

/// Whatever cargo builds for a command is looked for below the checkout's own `target`, where a user's settings of these
/// would not put it.
fn build_below_the_checkout() {
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_TARGET"] {
        // SAFETY: no other thread reads the environment: this is the only one before a command runs.
        unsafe { std::env::remove_var(name) };
    }
}

/// What is wrong with a command line, without the usage that follows it: `--help` shows that.
fn in_one_line(error: &str) -> String {
    let told = error.split("\n\nUsage:").next().unwrap_or_default();
    let told = told.split("\n\nFor more information").next().unwrap_or_default();
    let told = if told.starts_with("error: ") { told } else { "error: no command" };
    let words: Vec<&str> = told.split_whitespace().collect();
    words.join(" ") + "; see `--help`"
}
