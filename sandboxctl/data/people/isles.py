"""Names of Scotland, Wales and Ireland."""

from __future__ import annotations

from sandboxctl.data.people.community import Community, words

SCOTTISH = Community(
    shares=(75, 75, 70, 62, 60, 58),
    female=words(
        "Margaret Isobel Agnes Jessie Morag Catherine Jean Elspeth Moira Sheena Rhona Fiona Shona "
        "Aileen Lorna Catriona Janette Senga Una Flora",
        "Eilidh Isla Kirsty Fiona Mhairi Ailsa Catriona Skye Iona Rhona Shona Kirsten Freya Lorna "
        "Eilish Morven Mairi Beth Orla Màiri",
    ),
    male=words(
        "Alexander William Alasdair Hamish Angus Duncan Gordon Donald Kenneth Iain Murdo "
        "Archibald Malcolm Fraser Hector Ewen Alistair Campbell Norman Calum",
        "Callum Ewan Fraser Lachlan Rory Angus Calum Finlay Lewis Hamish Struan Cameron Euan "
        "Craig Ross Innes Fergus Gregor Magnus Ruaridh Niall Brodie",
    ),
    surnames=words(
        "MacDonald Campbell Stewart Robertson Murray Reid Ross Fraser Scott Hamilton Graham Kerr "
        "McKenzie MacLeod Mackay Cameron Ferguson Johnston Sinclair Buchanan Gordon Henderson "
        "Paterson Duncan McLean MacKinnon Morrison Munro Wallace Crawford McIntosh McGregor "
        "McMillan Sutherland Drummond Cunningham Douglas Farquharson Galbraith Colquhoun Dalziel "
        "Menzies Urquhart MacGillivray Carmichael Abercrombie Auchterlonie MacCrimmon"
    )[0],
    flat=12,
    doubled=30,
)

WELSH = Community(
    shares=(40, 40, 38, 34, 32, 32),
    female=words(
        "Megan Gwyneth Olwen Myfanwy Glenys Eirlys Nerys Menna Mair Eluned Rhiannon Gwenda Eirwen "
        "Morfydd Sioned Ceridwen Siân Buddug",
        "Seren Ffion Carys Cerys Lowri Megan Bethan Catrin Elin Mali Erin Nia Rhiannon Angharad "
        "Siân Gwenllian Eleri Heledd Efa Llinos Lleucu Tegwen",
    ),
    male=words(
        "David Gwilym Emlyn Idris Ivor Hywel Dewi Glyn Elwyn Aneurin Emrys Gwyn Huw Ifor Tudur "
        "Meirion Llewellyn Tecwyn Siôn",
        "Rhys Dylan Owain Osian Iestyn Macsen Gethin Aled Ioan Gruffudd Tomos Ieuan Harri Steffan "
        "Llŷr Siôn Iwan Gareth Deiniol Elis Caradog",
    ),
    surnames=words(
        "Jones Davies Williams Evans Thomas Roberts Lewis Hughes Morgan Griffiths Edwards Owen "
        "Jenkins Price Rees Lloyd Phillips James Morris Richards Powell Harris Llewellyn Prosser "
        "Bevan Pugh Parry Probert Bowen Gwynne Vaughan Howells Beynon Gittins Bebb Cadwaladr "
        "Ap-Dafydd Prydderch"
    )[0],
    flat=6,
    doubled=30,
)

IRISH = Community(
    shares=(40, 42, 40, 36, 34, 36),
    female=words(
        "Mary Bridget Kathleen Eileen Nora Philomena Josephine Bernadette Teresa Deirdre Breda "
        "Concepta Attracta Una Noreen Carmel Máire Bríd",
        "Aoife Ciara Niamh Caoimhe Siobhán Róisín Orla Sinéad Saoirse Gráinne Aisling Clodagh "
        "Maeve Fionnuala Éabha Bronagh Sadhbh Áine Muireann Dearbhla",
    ),
    male=words(
        "Patrick Michael Sean Brendan Dermot Desmond Declan Eamon Gerard Liam Malachy Noel "
        "Cornelius Colm Kieran Fergal Éamonn Pádraig",
        "Conor Cian Eoin Oisín Darragh Cillian Rory Ciarán Seán Finn Fionn Tadhg Cathal Pádraig "
        "Niall Shane Ruairí Lorcan Cormac Dáithí Odhrán",
    ),
    surnames=words(
        "Murphy Kelly O'Sullivan Walsh O'Brien Byrne Ryan O'Connor O'Neill O'Reilly Doyle "
        "McCarthy Gallagher O'Doherty Kennedy Lynch Murray Quinn Moore McLaughlin O'Carroll "
        "Connolly Daly O'Connell Wilson Dunne Brennan Burke Collins Campbell Clarke Hughes "
        "O'Donnell Healy McGuinness Maguire Devlin Donnelly McCann O'Hagan Mac_Giolla_Phádraig "
        "Fitzgerald Fitzpatrick O'Shaughnessy Geoghegan Ó_Súilleabháin Ní_Dhomhnaill O'Rourke "
        "Toal"
    )[0],
    flat=10,
    doubled=24,
)
