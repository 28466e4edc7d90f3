//! The program `housing-complaint`: reads its options, runs one command, and says in one sentence
//! why it could not.

use std::process::ExitCode;

use clap::Parser;
use server::options::Options;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match server::run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.code())
        }
    }
}
