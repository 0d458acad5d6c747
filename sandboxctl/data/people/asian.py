"""Names of people whose families came from South Asia, East Asia and the Middle East."""

from __future__ import annotations

from sandboxctl.data.people.community import Community, words

PAKISTANI_BANGLADESHI = Community(
    shares=(8, 20, 42, 62, 76, 88),
    female=words(
        "Fatima Khadija Nasreen Shamim Zubaida Rukhsana Naseem Parveen Razia Shabana Salma Farida "
        "Amina Hasina Rehana Tahira Yasmin Zahida Shaheen Momtaz",
        "Aisha Fatima Maryam Zainab Khadija Ayesha Amina Hafsa Safa Iqra Aaliyah Zara Sumayyah "
        "Inaya Anaya Saira Nadia Sana Mariam Rukhsar Maryam-Noor Haniya",
    ),
    male=words(
        "Mohammed Muhammad Abdul Ghulam Mohammad Nazir Bashir Abdur Zafar Javed Tariq Khalid "
        "Rashid Iqbal Shahid Altaf Anwar Mushtaq Riaz Sirajul",
        "Muhammad Mohammed Ibrahim Yusuf Ali Ahmed Musa Zayn Adam Hamza Bilal Umar Imran Hassan "
        "Haris Ismail Abdullah Omar Zain Idris Ayaan Abu-Bakr Rayyan",
    ),
    surnames=words(
        "Khan Ahmed Hussain Ali Akhtar Iqbal Malik Shah Mahmood Chowdhury Rahman Islam Uddin Miah "
        "Butt Mirza Chaudhry Qureshi Raja Sheikh Siddiqui Aziz Rashid Rehman Ashraf Yousaf Zaman "
        "Haque Alam Choudhury Mohammed Saleem Nawaz Aslam Hashmi Ul-Haq Ur-Rehman Abbasi Dar"
    )[0],
    female_surnames=("Begum", "Bibi", "Khatun", "Akter"),
    flat=4,
    doubled=6,
)

INDIAN = Community(
    shares=(10, 18, 24, 28, 26, 28),
    female=words(
        "Kamala Pushpa Sushila Lakshmi Savita Usha Kanta Nirmala Manjula Hansa Jyoti Sunita Meena "
        "Bhavna Rekha Kalpana Anjali Parvati",
        "Priya Anjali Meera Deepa Kavita Pooja Anika Diya Aanya Riya Isha Shreya Nisha Neha "
        "Sonali Aarushi Maya Saanvi Divya Tara Ananya",
    ),
    male=words(
        "Ramesh Suresh Mahesh Kantilal Jayantilal Harish Ashok Vijay Dilip Kishor Bharat Mukesh "
        "Rajesh Sanjay Anil Pravin Subramaniam Venkatesh",
        "Arjun Rohan Aarav Krish Dev Rahul Amit Nikhil Vikram Ishaan Vivaan Aryan Kunal Sachin "
        "Neel Rishi Dhruv Karan Siddharth Advait Harish",
    ),
    surnames=words(
        "Patel Shah Sharma Kumar Gupta Mehta Desai Mistry Parmar Joshi Chauhan Solanki Bhatt "
        "Verma Rao Reddy Nair Iyer Menon Pillai Mukherjee Banerjee Chatterjee Das Bose Fernandes "
        "D'Souza D'Silva Pereira D'Cruz Perera Jayasuriya Rajapakse Subramaniam Krishnamurthy "
        "Balasubramanian Venkataraman Trivedi Lakhani Modi Thakkar O"
    )[0],
    flat=2,
    doubled=4,
)

SIKH = Community(
    shares=(4, 8, 11, 13, 12, 11),
    female=words(
        "Gurdev Surjit Harbans Amarjit Balbir Kulwant Jaswinder Sukhwinder Paramjit Baljit Ranjit "
        "Mohinder Harjinder Manjit",
        "Harpreet Simran Gurpreet Jasmine Kiran Jaspreet Amrit Manpreet Navdeep Sukhpreet Jasleen "
        "Kirandeep Harleen Mehar",
    ),
    male=words(
        "Gurdial Mohinder Harbhajan Balwinder Jaswant Sukhdev Avtar Kulwinder Surinder Satnam "
        "Jagdish Tarsem Balbir Makhan",
        "Harpreet Gurpreet Jaspreet Arjan Manraj Amandeep Jagdeep Sukhraj Manvir Gurdeep Harvir "
        "Parminder Kiran Jovan",
    ),
    surnames=words(
        "Gill Sandhu Dhillon Sidhu Johal Bains Virk Grewal Mann Dhaliwal Sohal Kang Atwal Uppal "
        "Sahota Rai Dosanjh Nijjar Purewal Bhogal"
    )[0],
    female_surnames=("Kaur", "Kaur"),
    male_surnames=("Singh", "Singh"),
    flat=1,
    doubled=8,
)

EAST_ASIAN = Community(
    shares=(4, 7, 10, 16, 14, 12),
    female=words(
        "Mei Ying Lan Hui Xiu Fang Linh Hoa Maria Rosario Yuk Wai-Ling Siu-Ping Thuy",
        "Jing Xin Chloe Jasmine Yan Wing Linh Thi Yuki Hana Mei-Ling Angel Michelle Ka-Yan Jia-Yi",
    ),
    male=words(
        "Wei Ming Kwok Chi Hung Wing Van Duc Hiroshi Jose Kam Tak-Ming Chi-Keung Siu",
        "Jun Hao Kai Jason Ethan Wei Ming Tin Minh Kevin Tuan Haruki Ryan Ka-Ho Jun-Jie Zhi",
    ),
    surnames=words(
        "Chen Wong Chan Li Wang Zhang Lee Lam Cheung Liu Ng Nguyen Tran Lin Yang Wu Huang Leung "
        "Ho Tang Pham Le Xu Zhou Lau Yeung Kim Park Tanaka Suzuki Reyes Santos Cruz Bautista E U "
        "Au-Yeung"
    )[0],
    flat=4,
    doubled=4,
)

MIDDLE_EASTERN = Community(
    shares=(3, 6, 11, 18, 22, 24),
    female=words(
        "Fatma Leila Zahra Soraya Emine Nadia Samira Mariam Hatice Mahnaz Souad Ayşe Gülsüm",
        "Yasmin Layla Noor Zeynep Elif Leila Hala Rania Sara Nour Dilara Lina Roza Şirin Defne",
    ),
    male=words(
        "Hassan Mehmet Ali Reza Mustafa Hossein Ahmed Mahmoud Nasser Farhad İbrahim Kemal Jamal",
        "Omar Emre Darius Rami Karim Yusuf Amir Baran Deniz Mustafa Zaid Kerem Ömer Arya Hamid",
    ),
    surnames=words(
        "Yılmaz Demir Kaya Hosseini Mohammadi Haddad El-Sayed Mahmoud Öztürk Şahin Çelik Karimi "
        "Rahimi Ahmadi Al-Hassan Al-Masri Abbas Ibrahim Khalil Nasser Mansour Aydın Tehrani "
        "Hakimi Stanikzai Barzani Bin_Saeed Cohen Levy Saleh"
    )[0],
    flat=6,
    doubled=4,
)
