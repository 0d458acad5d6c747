"""Names of people whose families came from Africa and the Caribbean."""

from __future__ import annotations

from sandboxctl.data.people.community import Community, words

WEST_AFRICAN = Community(
    shares=(3, 6, 14, 26, 27, 31),
    female=words(
        "Comfort Grace Abena Folake Ngozi Yetunde Esther Patience Beatrice Akosua Adwoa Theresa "
        "Funmilayo Chinwe Mercy Olufunmilayo N'Deye",
        "Precious Blessing Chioma Adaeze Temitope Ama Esi Adaobi Funmi Zainab Deborah "
        "Oluwadamilola Ifeoma Abigail Tiwa Efua Chidinma Anuoluwapo Fatoumata Kéné",
    ),
    male=words(
        "Emmanuel Kwame Samuel Kofi Chukwuma Babatunde Olusegun Kwesi Joseph Ibrahim Festus Moses "
        "Godfrey Sunday Adebayo Ikechukwu Oluwaseun",
        "David Emmanuel Daniel Tobi Chidi Emeka Tunde Femi Kwabena Joshua Ayo Ebuka Oluwatobiloba "
        "Jeremiah Kojo Nnamdi Abdoulaye Oluwafemi Mamadou Désiré",
    ),
    surnames=words(
        "Mensah Okafor Owusu Boateng Adeyemi Okeke Asante Osei Adebayo Okonkwo Eze Balogun Nwosu "
        "Kamara Sesay Agyeman Appiah Amoah Ojo Okoro Ogunleye Oluwole Conteh Bangura Diallo "
        "Traoré Koné N'Diaye N'Dour Ampofo Sarpong Onyekachukwu Oyelaran Adekunle-Ojo Owusu-Ansah "
        "Opoku-Agyemang"
    )[0],
    flat=10,
    doubled=30,
)

EAST_AFRICAN = Community(
    shares=(2, 4, 8, 14, 14, 15),
    female=words(
        "Halima Amina Grace Faith Rose Mary Hodan Asha Saba Rudo Joyce Beauty",
        "Hodan Ifrah Sagal Amal Tendai Ruvimbo Selam Naima Wanjiru Hibo Rutendo Makeda Ayaan",
    ),
    male=words(
        "Abdi Mohamed Joseph Hassan Tesfaye John Tendai Farah Haile Blessing Simba",
        "Abdirahman Mohamed Tinashe Yonas Abdullahi Liban Tadiwa Samuel Bereket Kuda Mahad "
        "Tafadzwa",
    ),
    surnames=words(
        "Mohamed Ahmed Ali Hassan Abdi Moyo Ncube Warsame Farah Sibanda Dube Tesfay Haile Mutasa "
        "Banda Phiri Kamau Ochieng Nyathi Osman Yusuf Mwangi Chikwanda Ng'ang'a Ndlovu "
        "Mukwashanyika Gebremariam"
    )[0],
    flat=5,
    doubled=6,
)

CARIBBEAN = Community(
    shares=(10, 12, 16, 16, 15, 14),
    female=words(
        "Gloria Sylvia Pearl Hyacinth Merle Ivy Cynthia Beverley Marcia Yvonne Sonia Dawn "
        "Claudette Eulalee Joy",
        "Shanice Chantelle Tamika Jade Simone Keisha Natalie Aaliyah Shanelle Leah Kiara Renée "
        "Tiana Chanté",
    ),
    male=words(
        "Winston Delroy Neville Leroy Clive Roy Carlton Errol Vincent Trevor Lloyd Desmond "
        "Courtney",
        "Jermaine Marcus Tyrone Andre Jerome Kieron Dwayne Reuben Isaiah Elijah Malachi Rhyse "
        "Tyrese",
    ),
    surnames=words(
        "Campbell Brown Williams Francis Grant Thompson Bailey Gordon Clarke Morgan Edwards "
        "Morrison Henry Joseph Charles Baptiste Pierre St-Hilaire Toussaint Samuels Blake Palmer "
        "Reid Facey Dacosta McFarlane Alleyne Braithwaite Noël Maynard-Clarke"
    )[0],
    flat=12,
    doubled=12,
)
