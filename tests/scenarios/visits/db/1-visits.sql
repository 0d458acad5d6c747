create table visits (id serial primary key, at timestamptz not null default now());
