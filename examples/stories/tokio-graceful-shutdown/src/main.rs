//! A scheduler that starts a short subsystem for each job. It waits for all of them, and then leaves
//! the process at once or, with the argument `shutdown`, as the crate wants it.
//!
//! Usage: JOBS [shutdown]

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_graceful_shutdown::{SubsystemHandle, Toplevel};

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

async fn schedule(handle: SubsystemHandle) -> Outcome {
    let args = std::env::args().skip(1).collect::<Vec<_>>();
    let jobs = args
        .first()
        .ok_or("the number of jobs is missing")?
        .parse::<usize>()?;
    let (done, mut all_done) = mpsc::channel::<()>(1);
    for number in 1..=jobs {
        let done = done.clone();
        handle.start(
            &format!("job {number}"),
            move |_: SubsystemHandle| async move {
                drop(done);
                Outcome::Ok(())
            },
        );
    }
    drop(done);
    all_done.recv().await;
    println!("{jobs} jobs are done");
    if args.len() == 1 {
        std::process::exit(0);
    }
    handle.request_shutdown();
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    Toplevel::new()
        .start("scheduler", schedule)
        .handle_shutdown_requests(Duration::from_secs(10))
        .await?;
    Ok(())
}
