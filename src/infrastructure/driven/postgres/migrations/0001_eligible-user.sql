-- Up Migration
create schema if not exists concert_queue;

-- The shop fills this table, or replaces it with a view of these three columns. An existing table stays.
create table if not exists concert_queue.eligible_user (
  user_id text primary key
    check (user_id ~ '^[A-Za-z0-9._~-]{1,128}$' and user_id not in ('.', '..', 'me')),
  phone_number text unique,
  points bigint not null default 0
);

-- Down Migration
drop table if exists concert_queue.eligible_user;
