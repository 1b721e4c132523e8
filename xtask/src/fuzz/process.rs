//! Runs a fuzzer and reads what it says, line by line.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Seconds beyond its time after which a fuzzer hangs.
const GRACE: u64 = 240;

/// Runs `command` and hands each line of both outputs to `line`. A fuzzer that has not ended by itself well after its
/// time hangs, and is ended.
pub fn watch(
    command: &mut Command,
    seconds: u64,
    mut line: impl FnMut(&str),
) -> Result<ExitStatus> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("starting {command:?}"))?;
    let (send, receive) = channel();
    for output in outputs(&mut child) {
        let send = send.clone();
        thread::spawn(move || {
            // A byte that is no text must not end the reading: inputs are printed too.
            for bytes in BufReader::new(output).split(b'\n').map_while(|l| l.ok()) {
                if send.send(String::from_utf8_lossy(&bytes).into_owned()).is_err() {
                    break;
                }
            }
        });
    }
    drop(send);
    let end = Instant::now() + Duration::from_secs(seconds + GRACE);
    loop {
        match receive.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(text) => line(&text),
            Err(RecvTimeoutError::Disconnected) => return Ok(child.wait()?),
            Err(RecvTimeoutError::Timeout) => {
                child.kill()?;
                child.wait()?;
                bail!("{command:?} did not end within {} seconds", seconds + GRACE);
            }
        }
    }
}

fn outputs(child: &mut Child) -> Vec<Box<dyn std::io::Read + Send>> {
    let out = child.stdout.take().map(|o| Box::new(o) as Box<dyn std::io::Read + Send>);
    let err = child.stderr.take().map(|e| Box::new(e) as Box<dyn std::io::Read + Send>);
    out.into_iter().chain(err).collect()
}
