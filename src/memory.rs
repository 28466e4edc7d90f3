//! The allocator, a smaller one than std's (decision 0003).

use rlsf::{GlobalTlsf, GlobalTlsfOptions};

#[global_allocator]
static ALLOCATOR: GlobalTlsf<Small> = GlobalTlsf::new();

/// As small as can be without wasting memory: what is asked for at the end of the memory makes the
/// last pool larger, so that a long text that grows leaves no holes.
struct Small;

impl GlobalTlsfOptions for Small {
    const ENABLE_REALLOCATION: bool = false;
    const COALESCE_POOLS: bool = true;
}
