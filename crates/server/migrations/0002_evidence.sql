-- Every file that a resident attaches, from its first byte. The bytes are not here: they are in the
-- folder or the bucket of `--evidence`, under the name in `file`.

create table uploads (
    -- 128 random bits in hexadecimal: the last part of the upload's address. Who knows it may go on
    -- sending, so it is not the name under which the bytes are stored.
    id text not null primary key,
    file text not null unique,

    -- The complaint that it belongs to. Null while nobody has claimed it.
    reference text references submissions (reference),

    -- `incomplete`, `damaged` (not what was announced; it can be sent again), `received`, `clean`,
    -- `infected`, `not_scanned`; and without their bytes `refused`, `removed`, `expired`.
    state text not null,
    -- Why it is refused, or could not be scanned: `wrong_type`, `scanner_away`, `too_large_to_scan`;
    -- for `infected`, the scanner's name for what it found.
    reason text,

    -- What the sender announced: its length in bytes, the header `Upload-Metadata` as it came, and
    -- from it the file's name and the SHA-256 of the whole.
    size integer not null check (size > 0),
    metadata text not null,
    name text,
    announced_sha256 blob,

    -- What the service found when it was whole: the media type by its content, and its SHA-256.
    media_type text,
    sha256 blob,

    -- SHA-256 of the idempotency key of its creation.
    idempotency_key_hash blob unique,

    created_at text not null,
    -- When it is removed. Null where it is kept: whole, and of a complaint.
    expires_at text,

    -- When it is to be scanned; null where that is done, or nothing scans.
    scan_after text,
    -- Where the bytes are.
    place text not null check (place in ('folder', 'bucket'))
) strict;

create index uploads_of_a_case on uploads (reference);

-- The same file twice in one complaint is one file.
create unique index uploads_are_kept_once on uploads (reference, announced_sha256)
where reference is not null
    and announced_sha256 is not null
    and state not in ('refused', 'removed', 'expired');

-- What was received whole for a complaint can't be taken back.
create trigger uploads_of_a_case_are_kept
before delete on uploads
when old.reference is not null
begin
    select raise(abort, 'evidence is kept');
end;
