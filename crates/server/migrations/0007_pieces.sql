-- Files that arrive where several instances of the service share one bucket: not on the disk of one of
-- them, but in pieces in the bucket, so that any of them can take the next bytes.

-- How many bytes have arrived in pieces; null where the bytes are in the folder, or in the bucket as one
-- object.
alter table uploads add column arrived integer;

-- Who works on it at this moment, as a random word, and until when that holds if nothing more is heard.
alter table uploads add column held_by text;
alter table uploads add column held_until text;
-- Who else waits for it: `when_silent`, or `at_once`.
alter table uploads add column wanted text;

-- The pieces, in the order of their bytes, without a gap. An object that has no row here counts for nothing.
create table upload_pieces (
    upload text not null references uploads (id) on delete cascade,
    begins_at integer not null check (begins_at >= 0),
    -- How many bytes of the object count: from its first.
    length integer not null check (length > 0),
    -- The last part of the object's name. It is never used again.
    name text not null,
    primary key (upload, begins_at)
) strict;
