-- What has become of each submission. The row in `submissions` stays as it came; this is what follows
-- from it and from the acts since.

create table cases (
    reference text not null primary key references submissions (reference),

    -- Its state, as `domain::case::Case` writes it. What follows from it and is searched for stands
    -- beside it: a list of open cases must not read a million states.
    state text not null,
    landlord text not null,
    kind text not null,
    stage integer not null check (stage in (1, 2)),
    status text not null,
    -- The day by which the landlord owes something. Null where it owes nothing.
    due_on text,

    received_at text not null,
    updated_at text not null,
    -- When a person or a system of the landlord last had it; and since when something of the resident
    -- waits for that. After a working day it is an alarm.
    confirmed_at text,
    waiting_since text
) strict;

create index cases_by_change on cases (updated_at, reference);
create index cases_by_due on cases (landlord, due_on, reference);
create index cases_that_wait on cases (waiting_since) where waiting_since is not null;

-- Cases of before this table.
insert into cases (
    reference, state, landlord, kind, stage, status, due_on, received_at, updated_at, waiting_since
)
select
    reference, '', landlord, kind, stage, 'received', acknowledge_by, received_at, received_at, received_at
from submissions;

-- What has happened in each case: who, what, when. Rows are only ever added.
create table events (
    id integer primary key autoincrement,
    reference text not null references submissions (reference),
    at text not null,
    -- The day in London for which it counts: a letter may have gone before it was noted.
    on_day text not null,
    -- `resident`, `landlord` or `service`; and which officer or key of the landlord.
    by text not null,
    who text,
    -- `received`, `confirmed`, `code_sent`, `evidence_added`, or the key of an act.
    what text not null,
    -- The words, unchanged.
    text text,
    -- The act, as it came.
    act text,
    -- SHA-256 of its idempotency key, so that the same twice happens once.
    idempotency_key_hash blob unique
) strict;

create index events_of_a_case on events (reference, id);

create trigger events_are_not_changed
before update on events
begin
    select raise(abort, 'what has happened can not be changed');
end;

create trigger events_are_not_deleted
before delete on events
begin
    select raise(abort, 'what has happened is kept');
end;

-- Access codes that were sent to a resident who had lost the first, which stays good. The first is in
-- `submissions`.
create table access_codes (
    reference text not null references submissions (reference),
    -- SHA-256 of `reference:code`.
    code_hash blob not null,
    created_at text not null,
    primary key (reference, code_hash)
) strict;

-- How often something was tried, so that no instance of the service needs a memory of its own. `what` is
-- a keyed hash: no address of a person is in it.
create table attempts (
    what text not null,
    -- The beginning of the time in which they are counted, in seconds since 1970.
    since integer not null,
    count integer not null,
    primary key (what, since)
) strict;

create index attempts_by_age on attempts (since);
