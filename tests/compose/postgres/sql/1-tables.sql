create table homes (id integer primary key);
