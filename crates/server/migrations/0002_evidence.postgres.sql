create function evidence_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'evidence is kept';
end;
$$;

create trigger uploads_of_a_case_are_kept
before delete on uploads
for each row when (old.reference is not null)
execute function evidence_is_kept();
