//! The scheduler with version 0.14, whose subsystems start with a builder.
//!
//! Usage: JOBS

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_graceful_shutdown::{SubsystemBuilder, SubsystemHandle, Toplevel};

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

async fn schedule(handle: SubsystemHandle) -> Outcome {
    let jobs = std::env::args()
        .nth(1)
        .ok_or("the number of jobs is missing")?;
    let jobs = jobs.parse::<usize>()?;
    let (done, mut all_done) = mpsc::channel::<()>(1);
    for number in 1..=jobs {
        let done = done.clone();
        handle.start(SubsystemBuilder::new(
            format!("job {number}"),
            move |_: SubsystemHandle| async move {
                drop(done);
                Outcome::Ok(())
            },
        ));
    }
    drop(done);
    all_done.recv().await;
    println!("{jobs} jobs are done");
    std::process::exit(0);
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    Toplevel::new(|handle| async move {
        handle.start(SubsystemBuilder::new("scheduler", schedule));
    })
    .handle_shutdown_requests(Duration::from_secs(10))
    .await?;
    Ok(())
}
