# Nothing runs while it is made, so the den takes it as it is.
FROM example.org/base:1
WORKDIR /srv
COPY app.jar settings.* /srv/
ENV MODE=usual
USER 1000:1000
EXPOSE 8080
CMD ["serve", "/srv/app.jar"]
