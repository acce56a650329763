-- Up Migration
create table concert_queue.outbox (
  id bigint generated always as identity primary key,
  concert_id text not null check (concert_id ~ '^[A-Za-z0-9._~-]{1,64}$' and concert_id not in ('.', '..')),
  user_id text not null check (user_id ~ '^[A-Za-z0-9._~-]{1,128}$' and user_id not in ('.', '..', 'me')),
  -- Set before the first publication: the queue recognises repeats by it.
  entry_id text not null default gen_random_uuid()::text,
  created_at timestamptz not null default clock_timestamp(),
  -- The last publication and its receipt; null before.
  published_at timestamptz,
  topic text,
  partition integer,
  "offset" bigint,
  constraint receipt_is_whole check (
    num_nulls(published_at, topic, partition, "offset") in (0, 4)
  )
);
create index outbox_unpublished on concert_queue.outbox (id) where published_at is null;
create index outbox_published on concert_queue.outbox (published_at) where published_at is not null;

-- Requests an entry as part of the caller's transaction. Runs with the rights of the owner of the schema: the shop needs only
-- USAGE on the schema and EXECUTE on this function.
create function concert_queue.request_entry(concert_id text, user_id text) returns bigint
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  request bigint;
begin
  if concert_id is null or concert_id !~ '^[A-Za-z0-9._~-]{1,64}$' or concert_id in ('.', '..') then
    raise exception 'concert_id must be 1 to 64 of A-Z a-z 0-9 . _ ~ - and neither . nor ..'
      using errcode = 'invalid_parameter_value';
  end if;
  if user_id is null or user_id !~ '^[A-Za-z0-9._~-]{1,128}$' or user_id in ('.', '..', 'me') then
    raise exception 'user_id must be 1 to 128 of A-Z a-z 0-9 . _ ~ - and neither ., .. nor me'
      using errcode = 'invalid_parameter_value';
  end if;
  insert into concert_queue.outbox (concert_id, user_id)
    values (request_entry.concert_id, request_entry.user_id)
    returning id into request;
  -- Delivered on commit, once for each transaction.
  perform pg_notify('concert_queue_outbox', '');
  return request;
end
$$;
comment on function concert_queue.request_entry(text, text) is
  'Asks for an entry as part of this transaction; gives the id of the row of concert_queue.outbox that will carry the receipt.';
revoke all on function concert_queue.request_entry(text, text) from public;

-- Down Migration
drop function concert_queue.request_entry(text, text);
drop table concert_queue.outbox;
