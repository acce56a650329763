-- Up Migration
-- As in 0002, but a transaction can switch the notification off: set local concert_queue.notify = 'off'.
create or replace function concert_queue.request_entry(concert_id text, user_id text) returns bigint
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
  -- Delivered on commit, once for each transaction. A transaction that has notified cannot be prepared.
  if current_setting('concert_queue.notify', true) is distinct from 'off' then
    perform pg_notify('concert_queue_outbox', '');
  end if;
  return request;
end
$$;

-- Down Migration
create or replace function concert_queue.request_entry(concert_id text, user_id text) returns bigint
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
