//! Nobody can tell by a clock whether a reference is that of a case: an unknown reference and a wrong code
//! take the same time. A sample here, 10,000 of each with `HC_SOAK=1`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

mod common;

use std::time::{Duration, Instant};

use common::{Client, Service, complaint};
use server::limits::Limits;
use uuid::Uuid;

/// How often a wrong code may be tried for one reference before the answer is another.
const TRIES: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_code_and_an_unknown_reference_take_the_same_time() {
    // The first round of tries is not measured.
    let count = if std::env::var_os("HC_SOAK").is_some() { 11_440 } else { 400 };
    let service = Service::start_with(|config| config.limits = Limits::new(0)).await;
    let mut known = Vec::new();
    let body = complaint("There is no heating.");
    for _ in 0..count / TRIES {
        let receipt = service.submit(Uuid::new_v4(), &body).await.json();
        known.push(receipt["reference"].as_str().unwrap().to_owned());
    }
    // As many that are of no case, of the same form: `5` is in no reference.
    let unknown: Vec<String> = known.iter().map(|it| format!("{}5", &it[..10])).collect();

    let mut client = Client::connect(service.address).await;
    let mut times = [Vec::with_capacity(count), Vec::with_capacity(count)];
    for round in 0..TRIES {
        for at in 0..known.len() {
            // In an order that nothing else follows.
            let first = usize::from(Uuid::new_v4().as_bytes()[0] % 2);
            for which in [first, 1 - first] {
                let reference = if which == 0 { &known[at] } else { &unknown[at] };
                let took = ask(&mut client, reference).await;
                if round > 0 {
                    times[which].push(took);
                }
            }
        }
    }
    let [wrong, none] = &mut times;
    wrong.sort();
    none.sort();
    let distance = distance(wrong, none);
    let (m_wrong, m_none) = (median(wrong), median(none));
    let apart = m_wrong.abs_diff(m_none).as_secs_f64() / m_none.as_secs_f64();
    // Two samples of one distribution are farther apart than this once in a thousand times
    // (Kolmogorov and Smirnov).
    let limit = 1.95 * (2.0 / wrong.len() as f64).sqrt();
    println!(
        "{} each: median {m_wrong:?} with a wrong code, {m_none:?} for an unknown reference ({:.2} % \
         apart); the distributions {distance:.4} apart, by chance up to {limit:.4}",
        wrong.len(),
        apart * 100.0,
    );
    // Either they can't be told apart, or by so little that a network hides it many times over.
    assert!(distance < limit || apart < 0.02, "they can be told apart by a clock");
}

async fn ask(client: &mut Client, reference: &str) -> Duration {
    let path = format!("/v1/cases/{reference}");
    let headers = [("authorization", "Bearer 1111222233334444")];
    let started = Instant::now();
    let answer = client.send("GET", &path, &headers, "").await;
    let took = started.elapsed();
    assert_eq!(answer.status, 404);
    took
}

fn median(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() / 2]
}

/// The largest difference between the two distributions.
fn distance(one: &[Duration], other: &[Duration]) -> f64 {
    let share = |sorted: &[Duration], at: Duration| {
        sorted.partition_point(|it| *it <= at) as f64 / sorted.len() as f64
    };
    let all = one.iter().chain(other);
    all.map(|at| (share(one, *at) - share(other, *at)).abs()).fold(0.0, f64::max)
}
