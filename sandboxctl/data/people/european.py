"""Names of people whose families came from the rest of Europe, and from Latin America."""

from __future__ import annotations

from sandboxctl.data.people.community import Community, words

POLISH = Community(
    shares=(6, 5, 12, 40, 22, 26),
    female=words(
        "Krystyna Danuta Barbara Elżbieta Janina Maria Małgorzata Bożena Jadwiga Teresa Grażyna",
        "Katarzyna Agnieszka Magdalena Anna Zofia Julia Monika Aleksandra Maja Joanna Natalia "
        "Ewelina Lena Hanna Łucja",
    ),
    male=words(
        "Stanisław Jan Zbigniew Kazimierz Andrzej Krzysztof Jerzy Tadeusz Zdzisław Marek Józef",
        "Jakub Piotr Tomasz Paweł Michał Łukasz Adam Kacper Mateusz Marcin Bartosz Filip Szymon "
        "Wojciech Antoni",
    ),
    surnames=words(
        "Nowak Wójcik Kowalczyk Woźniak Mazur Krawczyk Kaczmarek Zając Król Wieczorek Wróbel "
        "Stępień Pawlak Dudek Sikora Szewczyk Baran Głąb Żak Grzeszczyszyn Brzęczyszczykiewicz"
    )[0],
    female_surnames=words("Kowalska Wiśniewska Kamińska Lewandowska Zielińska Szymańska Dąbrowska")[
        0
    ],
    male_surnames=words("Kowalski Wiśniewski Kamiński Lewandowski Zieliński Szymański Dąbrowski")[
        0
    ],
    flat=6,
    doubled=8,
)

EASTERN_EUROPEAN = Community(
    shares=(4, 5, 12, 40, 26, 26),
    female=words(
        "Maria Elena Ioana Viorica Svetlana Irena Ágnes Erzsébet Oksana Galina Milena Jana "
        "Zsuzsanna",
        "Andreea Mihaela Elena Rasa Jurgita Oksana Ioana Sofia Zsófia Tereza Viktoria Kristina "
        "Anastasia Daria Ieva Lăcrămioara",
    ),
    male=words(
        "Vasile Ion Gheorghe Nikolai Jonas István László Ivan Volodymyr Petr Ștefan Todor",
        "Andrei Alexandru Ionuț Mihai Jonas Tomas Bence Jiří Oleksandr Georgi David Luca Dmytro "
        "Matas Ștefan Marius",
    ),
    surnames=words(
        "Popescu Popa Ionescu Dumitru Stan Radu Rusu Munteanu Stoica Ciobanu Horváth Nagy Kovács "
        "Szabó Novák Dvořák Shevchenko Kovalenko Bondar Melnyk Ozols Kalniņš Dimitrov Petrov "
        "Kazlauskas Stanković Jovanović Hoxha Gashi Krasniqi Tănăsescu Constantinescu"
    )[0],
    flat=12,
    doubled=6,
)

WESTERN_EUROPEAN = Community(
    shares=(8, 10, 18, 32, 24, 22),
    female=words(
        "Maria Giovanna Carmen Françoise Monique Ingrid Ursula Rosa Ana Eleni Brigitte Hélène "
        "María_José",
        "Sofia Giulia Maria Inês Marta Lucía Camille Anna Beatriz Elena Clara Chiara Eleni Léa "
        "Zoé Søs Mariana",
    ),
    male=words(
        "Giuseppe Antonio José Jean Pierre Hans Manuel Nikos Jürgen António François Salvatore "
        "Jens",
        "Matteo João Luca Pedro Pablo Lukas Hugo Nikos Rafael Diogo Jean-Luc Alejandro Björn Théo "
        "Raphaël Gabriel Iñigo",
    ),
    surnames=words(
        "Silva Santos Ferreira Rossi García Fernandes Costa Pereira Rodrigues Martínez López "
        "Müller Schmidt Russo Ferrari Dubois Lefèvre Papadopoulos Georgiou Costa Gonçalves "
        "Rodríguez Muñoz D'Angelo D'Amico De_Luca da_Silva dos_Santos van_der_Berg de_Vries "
        "von_Arnim Jørgensen Hansen Grönlund Bergström Lindqvist García-López Sánchez-Pérez Núñez "
        "Papanikolaou Konstantinopoulos Öberg Y"
    )[0],
    flat=12,
    doubled=16,
)
