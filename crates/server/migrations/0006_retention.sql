-- What is left of a case whose time is over: that there was one, and what was removed. No words of
-- anybody are here.

create table tombstones (
    reference text not null primary key,
    landlord text not null,
    kind text not null,
    stage integer not null,
    status text not null,
    received_on text not null,
    -- The moment of the last thing that happened in it.
    updated_at text not null,

    -- What was removed: entries of its history, files, and how many bytes those had.
    events integer not null,
    files integer not null,
    bytes integer not null,

    purged_at text not null,
    -- The user of the machine, or who `--by` names.
    purged_by text not null,

    -- The files whose bytes are still to be removed, as a JSON list; null when all are gone.
    to_remove text
) strict;

create trigger tombstones_are_not_changed
before update of
    reference, landlord, kind, stage, status, received_on, updated_at, events, files, bytes,
    purged_at, purged_by
on tombstones
begin
    select raise(abort, 'what was removed is not forgotten');
end;

create trigger tombstones_are_not_deleted
before delete on tombstones
begin
    select raise(abort, 'what was removed is not forgotten');
end;

-- The triggers that keep everything now let `purge` alone do its work: it writes the tombstone first.
drop trigger submissions_are_not_deleted;
create trigger submissions_are_not_deleted
before delete on submissions
when not exists (select 1 from tombstones where reference = old.reference)
begin
    select raise(abort, 'a submission is kept');
end;

drop trigger events_are_not_deleted;
create trigger events_are_not_deleted
before delete on events
when not exists (select 1 from tombstones where reference = old.reference)
begin
    select raise(abort, 'what has happened is kept');
end;

drop trigger uploads_of_a_case_are_kept;
create trigger uploads_of_a_case_are_kept
before delete on uploads
when old.reference is not null
    and not exists (select 1 from tombstones where reference = old.reference)
begin
    select raise(abort, 'evidence is kept');
end;

-- A reference is given once: another row would stand under this tombstone.
create trigger references_are_given_once
before insert on submissions
when exists (select 1 from tombstones where reference = new.reference)
begin
    select raise(ignore);
end;
