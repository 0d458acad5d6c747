create table repairs (id integer primary key);
